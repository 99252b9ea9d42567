import { LabIcon } from '@jupyterlab/ui-components';

import logout from '../style/icons/logout.svg';
import queue from '../style/icons/queue.svg';
import server from '../style/icons/server.svg';
import vispa from '../style/icons/vispa.svg';

export const vispaIcon = new LabIcon({ name: 'vispa:vispa', svgstr: vispa });
export const queueIcon = new LabIcon({ name: 'vispa:queue', svgstr: queue });
export const serverIcon = new LabIcon({ name: 'vispa:server', svgstr: server });
export const logoutIcon = new LabIcon({ name: 'vispa:logout', svgstr: logout });
