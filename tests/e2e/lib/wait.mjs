import { setTimeout as pause } from 'node:timers/promises';

export { pause };

// Asks again and again until the answer is true, and gives that answer. Slow machines only wait longer.
export async function until(ask, what, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${typeof what === 'function' ? what() : what}: not within ${seconds} s`);
    await pause(15);
  }
}
