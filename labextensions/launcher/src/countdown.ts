import type { ISession } from './session';

const TICK = 5_000;
/** A tick that comes this much too early or too late: the computer slept, or its clock was set. */
const STRAY = 30_000;
/** The server is asked again after so long, for clocks drift. */
const ASK_AGAIN = 300_000;

/**
 * The time that is left for this server.
 *
 * The server says how long that is, and the browser only measures what passes since then: it does
 * not matter what time of day each of them believes it is.
 */
export class Countdown {
  constructor(
    session: ISession,
    private readonly _ask: () => Promise<ISession>
  ) {
    this._endsAt = session.endsAt;
    this._asked = this._ticked = Date.now();
  }

  /** Tell the seconds that are left, now and every few seconds for as long as the page is open. */
  start(tell: (left: number) => void): void {
    this._listener = tell;
    window.setInterval(() => this._tick(), TICK);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        void this._askAgain();
      }
    });
    this._tell();
  }

  private _tick(): void {
    const now = Date.now();
    const stray = Math.abs(now - this._ticked - TICK) > STRAY;
    this._ticked = now;
    if (stray || now - this._asked > ASK_AGAIN) {
      void this._askAgain();
    } else if (!this._asking || now - this._asked > STRAY) {
      this._tell();
    }
  }

  private async _askAgain(): Promise<void> {
    this._asked = Date.now();
    this._asking = true;
    try {
      this._endsAt = (await this._ask()).endsAt;
    } catch {
      // Without an answer, what it said before still holds.
    }
    this._asking = false;
    this._tell();
  }

  private _tell(): void {
    if (this._endsAt !== null) {
      const left = (this._endsAt.getTime() - Date.now()) / 1000;
      this._listener(Math.max(0, left));
    }
  }

  private _listener: (left: number) => void = () => undefined;
  private _asking = false;
  private _endsAt: Date | null;
  private _asked: number;
  private _ticked: number;
}
