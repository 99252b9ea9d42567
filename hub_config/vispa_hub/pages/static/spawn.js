// The spawn page: live numbers of the pool, and whether the wished size would start at once.

const form = document.getElementById('spawn_form');
const size = document.getElementById('size');
const pool = document.getElementById('pool');
const fits = document.getElementById('fits');
let numbers = null;

const wish = name => Number(form.elements.namedItem(name)?.value ?? 0);

function showSize() {
  if (!size) {
    return;
  }
  const onCluster = form.elements.namedItem('where').value === 'cluster';
  size.hidden = !onCluster;
  // Hidden numbers must neither be sent nor stop the form from being sent.
  size.disabled = !onCluster;
  showFits();
}

function showFits() {
  if (!fits || !numbers) {
    return;
  }
  const now = numbers.free.some(
    slot =>
      wish('cores') <= slot.cores &&
      wish('memory_gb') <= slot.memory_gb &&
      wish('gpus') <= slot.gpus
  );
  fits.textContent = now
    ? 'This size would start now.'
    : 'No machine has this much free at the moment: it will wait in the queue.';
}

async function refresh() {
  try {
    const response = await fetch(pool.dataset.url, {
      headers: { 'X-XSRFToken': window.jhdata.xsrf_token }
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.message);
    }
    numbers = answer;
    const gpus = numbers.gpus
      ? `, ${numbers.free_gpus} of ${numbers.gpus} GPUs`
      : '';
    pool.textContent =
      numbers.machines === 0
        ? 'The cluster has no machine at the moment: your server will wait for one.'
        : `${numbers.free_cores} of ${numbers.cores} cores are free, ` +
          `${numbers.free_memory_gb} GB of memory${gpus}`;
    showFits();
  } catch (error) {
    numbers = null;
    fits.textContent = '';
    pool.textContent = error.message || 'The cluster’s numbers are not to be had.';
  }
}

form.addEventListener('change', showSize);
form.addEventListener('input', showFits);
form.addEventListener('submit', () => {
  const button = document.getElementById('start');
  button.disabled = true;
  button.textContent = 'Starting…';
});
// Coming back with the browser's back button shows the page as it was left: make it usable again.
window.addEventListener('pageshow', () => {
  const button = document.getElementById('start');
  button.disabled = false;
  button.textContent = 'Start JupyterLab';
});
showSize();
if (pool) {
  refresh();
  setInterval(() => document.hidden || refresh(), 10000);
}
