import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { vispaIcon } from './icons';
import type { ISession } from './session';
import { fetchSession } from './session';
import { advice, details, headline, localeOf } from './words';

export interface IPlaceOptions {
  readonly settings: ServerConnection.ISettings;
  readonly translator: ITranslator;
  /** Opens the hub's page about this server; absent where there is no hub. */
  readonly changeServer?: () => void;
}

/** The panel as a tab of the main area. */
export function createPlaceTab(options: IPlaceOptions): MainAreaWidget<PlacePanel> {
  const trans = options.translator.load('vispa');
  const tab = new MainAreaWidget({ content: new PlacePanel(options) });
  tab.id = 'vispa-place';
  tab.title.label = trans.__('Where am I running');
  tab.title.icon = vispaIcon;
  tab.title.closable = true;
  return tab;
}

/** The panel that says where this server runs. It asks again each time it is shown. */
export class PlacePanel extends ReactWidget {
  constructor(private readonly _options: IPlaceOptions) {
    super();
    this._trans = _options.translator.load('vispa');
    this.addClass('jp-vispa-place');
    this.node.tabIndex = -1;
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._ask();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    void this._ask();
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  protected override render(): JSX.Element {
    const { changeServer, translator } = this._options;
    return (
      <div className="jp-vispa-place-card" aria-live="polite">
        {this._answer instanceof Error ? (
          <p role="alert">{this._answer.message}</p>
        ) : this._answer ? (
          <Place
            session={this._answer}
            trans={this._trans}
            language={localeOf(translator.languageCode)}
          />
        ) : (
          <p>{this._trans.__('Asking your server…')}</p>
        )}
        {changeServer && (
          <div className="jp-vispa-place-actions">
            <button className="jp-Button jp-mod-styled jp-mod-accept" onClick={changeServer}>
              {this._trans.__('Change or stop my server')}
            </button>
          </div>
        )}
      </div>
    );
  }

  private async _ask(): Promise<void> {
    try {
      this._answer = await fetchSession(this._options.settings, this._trans);
    } catch (error) {
      this._answer = error instanceof Error ? error : new Error(String(error));
    }
    this.update();
  }

  private readonly _trans: TranslationBundle;
  private _answer: ISession | Error | null = null;
}

function Place(props: {
  session: ISession;
  trans: TranslationBundle;
  language: string;
}): JSX.Element {
  const { session, trans, language } = props;
  return (
    <>
      <div className="jp-vispa-place-head">
        <vispaIcon.react aria-hidden="true" tag="span" />
        <h1>{headline(session, trans)}</h1>
      </div>
      <p className="jp-vispa-place-advice">{advice(session, trans)}</p>
      <dl>
        {details(session, trans, language).map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </>
  );
}
