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
  }

  protected override render(): JSX.Element {
    const { text, title, open } = this._options;
    return (
      <button className="jp-StatusBar-TextItem jp-vispa-status" title={title} onClick={open}>
        {text}
      </button>
    );
  }
}
