import { stop } from './stops.mjs';
import { kill } from './suite.mjs';

kill('keyring');
stop('keyring');
