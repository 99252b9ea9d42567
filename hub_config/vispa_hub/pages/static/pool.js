// The cluster's card: meters of what is free, and the person's own part, in words.

const card = document.getElementById('pool');
const sentence = document.getElementById('pool-sentence');
const meters = document.getElementById('pool-meters');
const you = document.getElementById('you');

const amount = number => number.toLocaleString('en', { maximumFractionDigits: 1 });
const count = (number, noun) => `${amount(number)} ${noun}${number === 1 ? '' : 's'}`;

// A text that stays the same is not set again: a screen reader would say it each time.
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function meterOf(name) {
  const known = [...meters.children].find(row => row.dataset.name === name);
  if (known) {
    return known;
  }
  const row = document.createElement('span');
  row.className = 'vispa-meter';
  row.dataset.name = name;
  for (const part of ['name', 'value', 'bar']) {
    const element = document.createElement('span');
    element.className = `vispa-meter-${part}`;
    row.append(element);
  }
  row.lastChild.append(document.createElement('span'));
  meters.append(row);
  return row;
}

function showMeter(name, free, total, unit = '') {
  const row = meterOf(name);
  const [label, value, bar] = row.children;
  say(label, name);
  say(value, `${amount(free)} of ${amount(total)}${unit} free`);
  bar.firstChild.style.width = `${total ? (100 * free) / total : 0}%`;
  return row;
}

function showMeters({ free, total, gpu_types: types }) {
  const shown = [
    showMeter('Cores', free.cores, total.cores),
    showMeter('Memory', free.memory_gb, total.memory_gb, ' GB'),
    ...types.map(type => showMeter(type.name, type.free, type.total))
  ];
  meters.replaceChildren(...shown);
}

function sentenceOf({ machines, usable_machines: usable, largest_free: largest }) {
  if (!machines) {
    return 'The cluster has no machine at the moment: a server would wait until one comes.';
  }
  if (!usable) {
    return `None of the cluster’s ${count(machines, 'machine')} takes servers at the moment: they would wait.`;
  }
  const where = `${usable < machines ? `${usable} of ` : ''}${count(machines, 'machine')}`;
  if (!largest.cores) {
    return `On ${where}. Every core is taken.`;
  }
  return `On ${where}. Largest free piece: ${count(largest.cores, 'core')} with ${amount(largest.memory_gb)} GB.`;
}

export function showPool(numbers, gpusAllowed) {
  card.classList.remove('vispa-trouble');
  meters.hidden = !numbers.usable_machines;
  if (numbers.usable_machines) {
    showMeters(numbers);
  }
  say(sentence, sentenceOf(numbers));
  const gpus = numbers.gpu_types.length && !gpusAllowed;
  const more = gpus ? ['GPUs are not for your group.'] : [];
  say(you, [...numbers.you.sentences, ...more].join(' '));
}

export function showTrouble(text) {
  card.classList.add('vispa-trouble');
  meters.hidden = true;
  say(sentence, text);
  say(you, '');
}
