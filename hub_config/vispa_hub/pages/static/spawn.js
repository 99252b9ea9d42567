// The spawn page: live numbers of the pool, and whether the wished size would start at once.

import { say, showPool, showTrouble } from './pool.js';

const EVERY = 10000; // ms between looks: the hub's own look is as old at most
const TYPING = 250; // ms without a key until the size counts as typed

const form = document.getElementById('spawn_form');
const size = document.getElementById('size');
const pool = document.getElementById('pool');
const fits = document.getElementById('fits');
let asking = new AbortController();
let typing = 0;

const field = name => form.elements.namedItem(name);
const onCluster = () => field('where').value === 'cluster';

function showSize() {
  if (size) {
    size.hidden = !onCluster();
    // Hidden numbers must neither be sent nor stop the form from being sent.
    size.disabled = !onCluster();
  }
}

function wish() {
  const query = new URLSearchParams();
  if (onCluster()) {
    for (const element of size.querySelectorAll('input, select')) {
      if (element.name && element.value) {
        query.set(element.name, element.value);
      }
    }
  }
  return query;
}

function showAnswer(kind, text) {
  fits.dataset.answer = kind;
  say(fits, text);
}

async function refresh() {
  asking.abort();
  asking = new AbortController();
  const query = wish();
  try {
    const response = await fetch(`${pool.dataset.url}?${query}`, {
      headers: { 'X-XSRFToken': window.jhdata.xsrf_token },
      signal: asking.signal
    });
    const answer = await response.json();
    if (response.ok) {
      showPool(answer, Boolean(field('gpus')));
      showAnswer(answer.match?.answer ?? '', answer.match?.sentence ?? '');
    } else if (response.status === 503) {
      showTrouble(answer.message);
      showAnswer('', '');
    } else {
      showAnswer('wrong', answer.message);
    }
  } catch (error) {
    if (error.name !== 'AbortError') {
      showTrouble('The hub does not answer. Look whether you are still logged in.');
      showAnswer('', '');
    }
  }
}

function typed() {
  clearTimeout(typing);
  if (pool) {
    typing = setTimeout(refresh, TYPING);
  }
}

form.addEventListener('change', showSize);
form.addEventListener('input', typed);
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
  showSize();
});
showSize();
if (pool) {
  refresh();
  setInterval(() => document.hidden || refresh(), EVERY);
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
}
