import { stop } from './stops.mjs';
import { kill } from './suite.mjs';

kill('file');
stop('file');
