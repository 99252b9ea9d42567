import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { clock } from './words';

/** Minutes before the end, the last one first. 0 is the end itself. */
const STAGES = [0, 2, 10, 30];
const STORE = 'vispa:end-dismissed';

export interface IEndWarningsOptions {
  readonly trans: TranslationBundle;
  readonly language: string;
  /** What tells this server's end from that of any other, in this browser. */
  readonly end: string;
  readonly saveAll: () => void;
  /** Opens the hub's page about this server; absent where there is no hub. */
  readonly openHub?: () => void;
}

/**
 * Warns 30, 10 and 2 minutes before the end of the server, and at the end.
 *
 * One warning at a time: the next takes the place of the one before. What was dismissed does not
 * come again, also not after the page was loaded anew.
 */
export class EndWarnings {
  constructor(private readonly _options: IEndWarningsOptions) {
    Notification.manager.changed.connect((_, change) => {
      if (change.type === 'removed' && change.notification.id === this._shown) {
        this._shown = '';
        this._dismissed();
      }
    });
  }

  /** Show what is due with so many seconds left. */
  update(left: number): void {
    const stage = STAGES.find(minutes => left <= minutes * 60);
    if (stage === undefined || stage === this._stage) {
      return;
    }
    this._stage = stage;
    this._withdraw();
    if (!this._wasDismissed(stage)) {
      this._shown = this._show(stage, left);
    }
  }

  private _show(stage: number, left: number): string {
    const { trans, language, openHub, saveAll } = this._options;
    const dismiss = { label: trans.__('Dismiss'), callback: (): void => undefined };
    if (stage === 0) {
      return Notification.error(
        trans.__(
          'The time of this server is over. Your files are kept; start a new one from the hub.'
        ),
        {
          autoClose: false,
          actions: openHub ? [{ label: trans.__('Open the hub'), callback: openHub }] : [dismiss]
        }
      );
    }
    const message = trans.__(
      'This server ends at %1. Save your notebooks; for more time, start again from the hub.',
      clock(new Date(Date.now() + left * 1000), language)
    );
    const save: Notification.IAction = {
      label: trans.__('Save all'),
      caption: trans.__('Save everything that is open'),
      displayType: 'accent',
      callback: saveAll
    };
    const options = { autoClose: false as const, actions: [save, dismiss] };
    return stage > 2
      ? Notification.warning(message, options)
      : Notification.error(message, options);
  }

  private _withdraw(): void {
    const id = this._shown;
    this._shown = ''; // so that it does not count as dismissed by the person
    Notification.dismiss(id || 'none');
  }

  private _dismissed(): void {
    const { end } = this._options;
    window.localStorage.setItem(STORE, JSON.stringify({ end, stage: this._stage }));
  }

  private _wasDismissed(stage: number): boolean {
    const stored = JSON.parse(window.localStorage.getItem(STORE) ?? '{}');
    return stored.end === this._options.end && stored.stage <= stage;
  }

  private _shown = '';
  private _stage: number | null = null;
}
