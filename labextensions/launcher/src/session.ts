import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Where this server runs, as the server itself tells it (`GET /vispa/session`).
 */
export interface ISession {
  readonly place: 'login-node' | 'cluster' | 'standalone';
  readonly host: string;
  /** The name of the HTCondor slot, on the cluster only. */
  readonly slot: string | null;
  /** `cluster.process` of the HTCondor job, on the cluster only. */
  readonly job_id: string | null;
  readonly cores: number | null;
  readonly memory_mb: number | null;
  readonly gpus: number;
  /** ISO 8601. */
  readonly started: string;
  /** ISO 8601, by the server's clock; null when nothing ends this server. */
  readonly ends: string | null;
  /** How long that is from when it was asked. */
  readonly seconds_left: number | null;
  /** The end by the browser's clock, which need not be right. */
  readonly endsAt: Date | null;
  /** What to type in a terminal for HTCondor's `condor_q`; null where it is not installed. */
  readonly condor_q: string | null;
}

/**
 * Ask the server where it runs.
 *
 * @throws Error with a sentence for people, when the server cannot tell.
 */
export async function fetchSession(
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<ISession> {
  const url = URLExt.join(settings.baseUrl, 'vispa', 'session');
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, {}, settings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      trans.__(
        'Your server did not answer (%1). Check the network; the server may have ended.',
        reason
      )
    );
  }
  if (response.status === 404) {
    throw new Error(
      trans.__(
        'This server lacks the VISPA server extension. Ask your administrator to install vispa-hub[lab] in the environment of this server.'
      )
    );
  }
  if (!response.ok) {
    throw new Error(
      trans.__(
        'Your server could not tell where it runs (HTTP %1). Reload the page to log in again; if that does not help, tell your administrator.',
        response.status
      )
    );
  }
  const told = (await response.json()) as Omit<ISession, 'endsAt'>;
  const left = told.seconds_left ?? null; // an older server does not tell
  return { ...told, endsAt: left === null ? null : new Date(Date.now() + left * 1000) };
}
