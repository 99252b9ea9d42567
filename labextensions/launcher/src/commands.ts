import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import { logoutIcon, queueIcon, serverIcon, vispaIcon } from './icons';
import { openQueue } from './queue';

export const CommandIDs = {
  place: 'vispa:where-am-i',
  queue: 'vispa:cluster-queue',
  changeServer: 'vispa:change-server',
  logOut: 'vispa:log-out'
} as const;

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

/** "Where am I running": in every JupyterLab. */
export function addPlaceCommand(
  app: JupyterFrontEnd,
  trans: TranslationBundle,
  open: () => Promise<void>
): void {
  app.commands.addCommand(CommandIDs.place, {
    label: trans.__('Where am I running'),
    caption: trans.__('The machine, the cores, the memory and the time this server has'),
    icon: vispaIcon,
    describedBy: NO_ARGUMENTS,
    execute: open
  });
}

/** "Cluster queue": where HTCondor's commands are installed. */
export function addQueueCommand(
  app: JupyterFrontEnd,
  trans: TranslationBundle,
  condorQ: string
): void {
  app.commands.addCommand(CommandIDs.queue, {
    label: trans.__('Cluster queue'),
    caption: trans.__('Show my jobs in the cluster’s queue, in a terminal'),
    icon: queueIcon,
    describedBy: NO_ARGUMENTS,
    execute: () => openQueue(app, condorQ)
  });
}

/** "Change or stop my server" and "Log out": behind a hub. JupyterLab's own commands do the work. */
export function addHubCommands(app: JupyterFrontEnd, trans: TranslationBundle): void {
  app.commands.addCommand(CommandIDs.changeServer, {
    label: trans.__('Change or stop my server'),
    caption: trans.__('Open the hub’s page about my servers'),
    icon: serverIcon,
    describedBy: NO_ARGUMENTS,
    execute: () => app.commands.execute('hub:control-panel')
  });
  app.commands.addCommand(CommandIDs.logOut, {
    label: trans.__('Log out'),
    caption: trans.__('Log out of the hub; my server keeps running'),
    icon: logoutIcon,
    describedBy: NO_ARGUMENTS,
    execute: () => app.commands.execute('hub:logout')
  });
}
