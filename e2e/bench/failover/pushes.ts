/** The cameras, one for each way of pushing. All run at once, in every fault. */
export const PUSHES = ['rtmp', 'rtsp', 'srt', 'pull', 'encoders', 'slow', 'once'] as const;
/**
 * | push     | the camera                                                                               |
 * | rtmp     | pushes one encoding to both sides by RTMP                                                 |
 * | rtsp     | the same by RTSP                                                                          |
 * | srt      | the same by SRT                                                                           |
 * | pull     | is pulled by both sides                                                                   |
 * | encoders | encodes for each side apart and pushes by RTMP                                            |
 * | slow     | pushes by RTSP to both sides, to the backup side a second late                            |
 * | once     | pushes by RTMP to the active side, and connects again by itself                           |
 */
export type Push = (typeof PUSHES)[number];

/** What a pair without an operator can make use of. A camera that pushes once needs both to agree on a side. */
export const PAIR_PUSHES: readonly Push[] = ['rtmp', 'rtsp', 'srt', 'pull'];

export const SLOW_PUSH_MS = 1_000;

/** Where the pulled camera waits, on the address of the outside. */
export const PULLED_PORT = 9_554;
