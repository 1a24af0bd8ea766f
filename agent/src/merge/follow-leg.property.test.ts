import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AUDIO, SimulatedLeg, VIDEO } from '../../test/simulated-leg.ts';
import { ticksBetween, toSequence, toTimestamp } from '../rtp/sequence.ts';
import { FollowLeg } from './follow-leg.ts';

const IDS = ['primary', 'backup'] as const;
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.integer({ min: 20, max: 1_500 }),
      late: fc.option(fc.constantFrom(...IDS)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('follow' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), id: fc.constantFrom(...IDS) }) },
);

test('whatever happens to two legs, one continuous stream comes out, each part from a key frame on', () => {
  const awkward = fc.constantFrom(0, 1, 2 ** 15 - 1, 2 ** 16 - 1, 2 ** 31, 2 ** 32 - 1);
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 25 }),
      fc.nat(2_000),
      awkward,
      awkward,
      (steps, delayMs, sequence, timestamp) => {
        const tracks = [
          { ...VIDEO, payloadType: 96 },
          { ...AUDIO, payloadType: 0 },
        ];
        const seed = { ssrc: 7, sequence: toSequence(sequence), timestamp: toTimestamp(timestamp) };
        const last: { sequence: number; timestamp: number; leg: string | undefined }[] = [];
        let losses = 0;
        let mustBeginAt: 0 | undefined = 0;
        const follower = new FollowLeg({
          tracks,
          seeds: [seed, seed],
          onPacket: (track, packet) => {
            if (mustBeginAt !== undefined) {
              expect([track, packet[12]]).toEqual([0, 0x65]);
              mustBeginAt = undefined;
            }
            const now = {
              sequence: packet.readUInt16BE(2),
              timestamp: packet.readUInt32BE(4),
              leg: follower.followed,
            };
            const before = last[track];
            if (before) {
              const steps = (now.sequence - before.sequence) & 0xffff;
              if (losses === 0 || before.leg !== now.leg) expect(steps).toBe(1);
              else expect(steps).toBeGreaterThan(0);
              expect(ticksBetween(toTimestamp(before.timestamp), toTimestamp(now.timestamp))).toBeGreaterThan(
                0,
              );
            } else {
              expect(now.sequence).toBe(seed.sequence);
            }
            last[track] = now;
          },
        });
        const legs = {
          primary: new SimulatedLeg({ seed: 1 }),
          backup: new SimulatedLeg({ seed: 2, delayMs }),
        };
        let nowMs = 0;
        for (const each of steps) {
          const followed = follower.followed;
          if (each.do === 'open') follower.openLeg(each.id, legs[each.id].tracks);
          if (each.do === 'close') follower.closeLeg(each.id);
          if (each.do === 'follow') follower.follow(each.id);
          if (each.do === 'lose') {
            losses++;
            Array.from(legs[each.id].between(nowMs, nowMs + 20));
          }
          if (followed !== follower.followed || !follower.flowing) mustBeginAt = 0;
          if (each.do !== 'pass') continue;
          const arriving = IDS.flatMap((id) =>
            Array.from(legs[id].between(nowMs, nowMs + each.ms), (packet) => ({
              id,
              ...packet,
              // All at once when the time is over.
              ...(each.late === id ? { arrivalMs: Math.max(packet.arrivalMs, nowMs + each.ms) } : {}),
            })),
          ).sort((a, b) => a.arrivalMs - b.arrivalMs);
          for (const { id, track, packet, arrivalMs } of arriving)
            follower.input(id, track, packet, arrivalMs);
          nowMs = Math.ceil((nowMs + each.ms) / 20) * 20;
        }
      },
    ),
    { numRuns: 300 },
  );
});
