import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { Terminal } from '@jupyterlab/services';
import type { Widget } from '@lumino/widgets';

/** The part of JupyterLab's terminal that is needed here. */
type TerminalWidget = MainAreaWidget<Widget & { readonly session: Terminal.ITerminalConnection }>;

/** Open a terminal that shows the cluster's queue; the person can go on typing in it. */
export async function openQueue(app: JupyterFrontEnd, condorQ: string): Promise<void> {
  const terminal: TerminalWidget = await app.commands.execute('terminal:create-new');
  const { session } = terminal.content;
  const typeOnce = (): void => {
    // The shell has spoken, so its prompt is there: what is typed now is echoed in its place.
    session.messageReceived.disconnect(typeOnce);
    session.send({ type: 'stdin', content: [`${condorQ}\r`] });
  };
  session.messageReceived.connect(typeOnce);
}
