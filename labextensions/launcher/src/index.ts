/**
 * The VISPA section of the launcher and of the command palette, and the status bar's answer to
 * "where am I?".
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs, addHubCommands, addPlaceCommand, addQueueCommand } from './commands';
import { Countdown } from './countdown';
import type { ISession } from './session';
import { fetchSession } from './session';
import { PlaceStatus } from './status';
import { advice, brief, briefWithEnd, localeOf } from './words';

/** Between the kernels (0 to 20) and "Other" (100). */
const CATEGORY_RANK = 50;

const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: '@vispa/launcher:plugin',
  description: 'Offers the cluster queue, the place of this server and the hub’s pages.',
  autoStart: true,
  requires: [JupyterFrontEnd.IPaths, ITranslator],
  optional: [ILauncher, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    paths: JupyterFrontEnd.IPaths,
    translator: ITranslator,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = translator.load('vispa');
    const settings = app.serviceManager.serverSettings;
    const behindHub = Boolean(paths.urls.hubPrefix);
    const offer = (command: string, rank: number): void => {
      const category = trans.__('VISPA');
      palette?.addItem({ command, category });
      launcher?.add({ command, category, categoryRank: CATEGORY_RANK, rank });
    };

    const tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'vispa-place' });
    addPlaceCommand(app, trans, async () => {
      let tab = tracker.currentWidget;
      if (!tab) {
        const { createPlaceTab } = await import('./place');
        const changeServer = (): void => void app.commands.execute(CommandIDs.changeServer);
        // eslint-disable-next-line jupyter/require-disposable-transfer -- the shell disposes of it
        tab = createPlaceTab({
          settings,
          translator,
          changeServer: behindHub ? changeServer : undefined
        });
        await tracker.add(tab);
        app.shell.add(tab, 'main');
      }
      app.shell.activateById(tab.id);
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.place,
      name: () => 'vispa-place'
    });
    offer(CommandIDs.place, 0);

    if (behindHub) {
      addHubCommands(app, trans);
      offer(CommandIDs.changeServer, 80);
      offer(CommandIDs.logOut, 90);
    }

    // Not awaited by JupyterLab's start: the queue's card joins when the server has told.
    void fetchSession(settings, trans).then(
      session => {
        if (session.condor_q && app.serviceManager.terminals.isAvailable()) {
          addQueueCommand(app, trans, session.condor_q);
          offer(CommandIDs.queue, 70);
        }
      },
      () => {
        // The panel says what is wrong to those who ask where they are.
      }
    );
  }
};

const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@vispa/launcher:status',
  description: 'Says in the status bar where this server runs, and warns before it ends.',
  autoStart: true,
  requires: [JupyterFrontEnd.IPaths, ITranslator],
  optional: [IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    paths: JupyterFrontEnd.IPaths,
    translator: ITranslator,
    statusBar: IStatusBar | null
  ): void => {
    const trans = translator.load('vispa');
    const ask = (): Promise<ISession> => fetchSession(app.serviceManager.serverSettings, trans);
    const execute = (command: string) => (): void => void app.commands.execute(command);
    void ask().then(
      async session => {
        if (session.place === 'standalone') {
          return;
        }
        const status = new PlaceStatus({
          text: brief(session, trans),
          title: advice(session, trans),
          open: execute(CommandIDs.place)
        });
        statusBar?.registerStatusItem('@vispa/launcher:status', {
          align: 'left',
          rank: 50,
          item: status
        });
        if (session.endsAt === null) {
          return;
        }
        const { EndWarnings } = await import('./warnings');
        const warnings = new EndWarnings({
          trans,
          language: localeOf(translator.languageCode),
          end: session.ends ?? '',
          saveAll: execute('docmanager:save-all'),
          openHub: paths.urls.hubPrefix ? execute(CommandIDs.changeServer) : undefined
        });
        new Countdown(session, ask).start(left => {
          status.text = briefWithEnd(session, left, trans);
          warnings.update(left);
        });
      },
      () => {
        // No word in the status bar; the panel says what is wrong to those who ask.
      }
    );
  }
};

export default [launcherPlugin, statusPlugin];
