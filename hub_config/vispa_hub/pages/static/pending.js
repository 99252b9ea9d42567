// The waiting page: what happens, in sentences as they come, and a way out.

const page = document.getElementById('pending');
const bar = document.getElementById('progress-bar');
const progress = document.getElementById('progress');
const message = document.getElementById('progress-message');
const log = document.getElementById('progress-log');
const failure = document.getElementById('failure');
const cancel = document.getElementById('cancel');
const again = document.getElementById('again');

function show(event) {
  if (event.progress !== undefined) {
    progress.setAttribute('aria-valuenow', event.progress);
    bar.style.width = `${event.progress}%`;
  }
  if (event.message && !event.ready && !event.failed) {
    message.textContent = event.message;
    const entry = document.createElement('li');
    entry.textContent = `${new Date().toLocaleTimeString()}: ${event.message}`;
    log.append(entry);
  }
}

function showFailure(event) {
  progress.hidden = true;
  message.hidden = true;
  failure.hidden = false;
  // The hub writes html_message itself and has escaped what came from elsewhere.
  if (event.html_message) {
    failure.innerHTML = event.html_message;
  } else {
    failure.textContent = event.message;
  }
  again.hidden = false;
  cancel.hidden = true;
}

// While the hub restarts it does not answer, and when it is back it needs a moment to take the start
// up again. The job keeps its place meanwhile, so it is worth asking for a while. A hub that has
// been back for longer than that knows more than this page: then it is loaded anew.
const PATIENCE = 20_000;
const PAUSE = 2000;
let backSince = null;
let events;

function listen() {
  events = new EventSource(page.dataset.progress);
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    backSince = null;
    show(event);
    if (event.ready) {
      events.close();
      location.reload();
    } else if (event.failed) {
      events.close();
      showFailure(event);
    }
  };
  events.onerror = () => {
    message.textContent = 'The hub does not answer at the moment. We keep asking.';
    // A browser connects again by itself, except after an answer that is no stream.
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(askAgain, PAUSE);
    }
  };
}

async function askAgain() {
  if (cancel.disabled) {
    return;
  }
  try {
    const response = await fetch(page.dataset.hub);
    backSince = response.ok ? (backSince ?? Date.now()) : null;
  } catch {
    backSince = null; // not even the proxy answers
  }
  if (backSince !== null && Date.now() - backSince > PATIENCE) {
    location.reload();
  } else {
    listen();
  }
}

listen();

cancel.addEventListener('click', async () => {
  cancel.disabled = true;
  cancel.textContent = 'Cancelling…';
  events.close();
  try {
    const response = await fetch(page.dataset.server, {
      method: 'DELETE',
      headers: { 'X-XSRFToken': window.jhdata.xsrf_token }
    });
    if (!response.ok && response.status !== 404) {
      throw new Error((await response.json()).message);
    }
    location.assign(page.dataset.back);
  } catch (error) {
    cancel.disabled = false;
    cancel.textContent = 'Cancel';
    message.textContent = `It could not be cancelled: ${error.message} Try again.`;
  }
});
