// Running the program with one call failing: which calls there are, with which errors, and what came of it.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname } from 'node:path';

import { program } from '../e2e/lib/user.mjs';

const library = `${dirname(program)}/tests/fault/fault.so`;
const reportSize = 4096;

// The calls that shim.c stands in front of, and how each may fail.
export const calls = {
  malloc: ['ENOMEM'],
  read: ['EIO', 'EINTR'],
  write: ['EIO', 'ENOSPC', 'EINTR'],
  fsync: ['EIO', 'ENOSPC'],
  rename: ['EIO', 'ENOSPC'],
  unlink: ['EIO'],
  mkdir: ['EIO', 'ENOSPC'],
  mkostemp: ['EMFILE', 'ENOSPC'],
  open: ['EIO', 'EMFILE', 'ENOMEM'],
  openat: ['EMFILE', 'ENOMEM'],
  mmap: ['ENOMEM'],
  mlock: ['ENOMEM'],
  flock: ['EIO', 'EINTR'],
  pthread_create: ['EAGAIN'],
  getrandom: ['EIO', 'EINTR'],
  getentropy: ['EIO'],
  socket: ['EMFILE', 'ENOMEM'],
  connect: ['EIO', 'EINTR'],
  bind: ['ENOMEM'],
  listen: ['ENOMEM'],
  accept4: ['EMFILE', 'EINTR'],
  poll: ['ENOMEM', 'EINTR'],
  send: ['EIO', 'EINTR'],
  recv: ['EIO', 'EINTR'],
  sendmsg: ['EIO', 'ENOMEM', 'EINTR'],
  recvmsg: ['EIO', 'ENOMEM', 'EINTR'],
};

// One call to fail: the environment that asks for it, and afterwards the report.
export class Fault {
  constructor({ call, at = 0, error = calls[call][0] }) {
    this.path = `${tmpdir()}/logto-fault-${randomBytes(8).toString('hex')}`;
    writeFileSync(this.path, Buffer.alloc(reportSize));
    this.env = {
      LD_PRELOAD: library, FAULT_CALL: call, FAULT_AT: `${at}`, FAULT_ERRNO: `${constants.errno[error]}`, FAULT_REPORT: this.path,
    };
  }

  // How many such calls there were, whether one was made to fail, and the stack at that moment.
  report() {
    const bytes = readFileSync(this.path);
    rmSync(this.path);
    const where = bytes.subarray(16).toString('latin1').replace(/\0.*$/s, '').trim();
    return { count: Number(bytes.readBigUInt64LE(0)), failed: bytes.readBigUInt64LE(8) > 0n, where };
  }
}
