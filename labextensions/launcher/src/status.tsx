import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

export interface IPlaceStatusOptions {
  readonly text: string;
  readonly title: string;
  readonly open: () => void;
}

/** The status bar's short answer to "where am I?"; a click tells the rest. */
export class PlaceStatus extends ReactWidget {
  constructor(private readonly _options: IPlaceStatusOptions) {
    super();
    this._text = _options.text;
  }

  /** What is shown. It changes with the minutes and is not read out: the warnings are. */
  set text(text: string) {
    if (text !== this._text) {
      this._text = text;
      this.update();
    }
  }

  protected override render(): JSX.Element {
    const { title, open } = this._options;
    return (
      <button className="jp-StatusBar-TextItem jp-vispa-status" title={title} onClick={open}>
        {this._text}
      </button>
    );
  }

  private _text: string;
}
