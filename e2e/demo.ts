/** `node demo.ts up|down`: the demo, which may be brought up again at any time, and its end. */
import { performance } from 'node:perf_hooks';
import { say } from './cluster/progress.ts';
import { takeDemoDown } from './demo/down.ts';
import { bringDemoUp } from './demo/up.ts';

const [verb = ''] = process.argv.slice(2);
switch (verb) {
  case 'up': {
    const report = await bringDemoUp();
    console.log(`\n${report}`);
    say(`the demo is up, after ${Math.round(performance.now() / 1000)} s`);
    break;
  }
  case 'down': {
    const leftovers = await takeDemoDown();
    for (const leftover of leftovers) say(`left: ${leftover}`);
    process.exitCode = leftovers.length > 0 ? 1 : 0;
    break;
  }
  default:
    console.error('usage: node e2e/demo.ts up|down');
    process.exitCode = 2;
}
