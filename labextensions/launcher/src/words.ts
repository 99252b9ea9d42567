import type { TranslationBundle } from '@jupyterlab/translation';

import type { ISession } from './session';

/** The place in one sentence. */
export function headline(session: ISession, trans: TranslationBundle): string {
  switch (session.place) {
    case 'cluster':
      return trans.__('Your server runs on the cluster, as an HTCondor job.');
    case 'login-node':
      return trans.__('Your server runs on the login node.');
    case 'standalone':
      return trans.__('This server was started by hand, without a hub.');
  }
}

/** What that means for the person who works there. */
export function advice(session: ISession, trans: TranslationBundle): string {
  switch (session.place) {
    case 'cluster':
      return trans.__(
        'The cores and the memory below are yours alone. When the job ends, everything that runs here ends with it; files stay.'
      );
    case 'login-node':
      return trans.__(
        'You share this machine with everybody who is logged in. Edit, look and plot here; send heavy work to the cluster.'
      );
    case 'standalone':
      return trans.__('It has what this machine has, and runs until somebody stops it.');
  }
}

/** The place in a few words, for the status bar. */
export function brief(session: ISession, trans: TranslationBundle): string {
  if (session.place !== 'cluster') {
    return trans.__('On the login node');
  }
  const share = resources(session, trans);
  return share ? trans.__('On the cluster: %1', share) : trans.__('On the cluster');
}

/** The place and, in its last hour, how long it will be there. `left` is in seconds. */
export function briefWithEnd(
  session: ISession,
  left: number | null,
  trans: TranslationBundle
): string {
  const place = brief(session, trans);
  return left === null || left >= 3600 ? place : `${place}, ${remaining(left, trans)}`;
}

function remaining(left: number, trans: TranslationBundle): string {
  if (left <= 0) {
    return trans.__('its time is over');
  }
  const minutes = Math.floor(left / 60);
  return minutes
    ? trans._n('ends in %1 minute', 'ends in %1 minutes', minutes)
    : trans.__('ends in less than a minute');
}

/** A time of day, such as "14:05". */
export function clock(when: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(when);
}

/** JupyterLab's language, in the browser's variant of it: dates in British English, say. */
export function localeOf(languageCode: string): string {
  const lab = languageCode.replace('_', '-');
  const language = lab.split('-')[0];
  return navigator.languages.find(locale => locale.split('-')[0] === language) ?? lab;
}

/** All that is known, as pairs of a name and a value. */
export function details(
  session: ISession,
  trans: TranslationBundle,
  language: string
): [string, string][] {
  const rows: [string, string | null][] = [
    [trans.__('Host'), session.host],
    [trans.__('HTCondor slot'), session.slot],
    [trans.__('HTCondor job'), session.job_id],
    [
      session.place === 'login-node' ? trans.__('At most') : trans.__('Resources'),
      resources(session, trans)
    ],
    [trans.__('Running since'), moment(new Date(session.started), language)],
    [trans.__('Ends'), session.endsAt && moment(session.endsAt, language)]
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

function resources(session: ISession, trans: TranslationBundle): string {
  const parts: string[] = [];
  if (session.cores !== null) {
    parts.push(trans._n('%1 core', '%1 cores', session.cores));
  }
  if (session.memory_mb !== null) {
    parts.push(memory(session.memory_mb, trans));
  }
  if (session.gpus) {
    parts.push(trans._n('%1 GPU', '%1 GPUs', session.gpus));
  }
  return parts.join(', ');
}

function memory(megabytes: number, trans: TranslationBundle): string {
  return megabytes < 1024
    ? trans.__('%1 MB', megabytes)
    : trans.__('%1 GB', Math.round((megabytes / 1024) * 10) / 10);
}

/** A moment as people say it: "23 November at 14:05 (3 hours ago)". */
function moment(when: Date, language: string): string {
  const day = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short'
  });
  const distance = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const minutes = Math.round((when.getTime() - Date.now()) / 60_000);
  const [amount, unit] = largestUnit(minutes);
  return `${day.format(when)} (${distance.format(amount, unit)})`;
}

function largestUnit(minutes: number): [number, Intl.RelativeTimeFormatUnit] {
  if (Math.abs(minutes) < 90) {
    return [minutes, 'minute'];
  }
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 48 ? [hours, 'hour'] : [Math.round(hours / 24), 'day'];
}
