/**
 * Why an encoder ended. FFmpeg says it in words alone: its exit code is 1 for nearly everything. So this, other than
 * the rest of the agent, decides on text; what is not known by its words is `Failed`, and is tried again just the same.
 */

const FAILURE_CAUSES = [
  /** The source ended, or was not there. */
  'SourceEnded',
  /** The source cannot be decoded: another format, or damaged. */
  'SourceUndecodable',
  /** The encoder is not there: no such GPU, driver, or build of FFmpeg. */
  'EncoderMissing',
  /** It wanted more memory than it may have. */
  'OutOfMemory',
  /** MediaMTX did not take what it published. */
  'OutputRefused',
  /** It hung and was killed by the agent. */
  'Hung',
  /** A signal that the agent did not send, or words that are not known here. */
  'Failed',
] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

export interface EncoderEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether the agent killed it for giving no sign of life. */
  readonly wasHung: boolean;
  /** Whether it had encoded a picture before. */
  readonly hasEncoded: boolean;
  /** The last lines of its standard error. */
  readonly errors: readonly string[];
}

/**
 * The first that fits rules: an encoder without memory complains of much more. In FFmpeg 5.1's words (libavutil/error.c,
 * fftools/ffmpeg_opt.c, libavcodec/nvenc.c, libavutil/hwcontext_*.c), unchanged up to 7.
 */
const WORDS: readonly (readonly [FailureCause, RegExp])[] = [
  [
    'OutOfMemory',
    /Cannot allocate memory|malloc of size|failed to map segment|Error while allocating|std::bad_alloc/i,
  ],
  [
    'EncoderMissing',
    /Unknown encoder|No capable devices|Cannot load (lib)?(cuda|nvcuda|nvidia)|CUDA_ERROR|Device creation failed|No device available|Failed to initiali[sz]e VAAPI|Error creating a MFX session|No usable encoding profile/i,
  ],
  [
    'SourceUndecodable',
    /Could not find codec parameters|Decoder .*not found|Unable to find a suitable .*decoder|matches no streams|Invalid data found|Error while decoding|Impossible to convert/i,
  ],
  ['OutputRefused', /Could not write header|Error opening output|av_interleaved_write_frame|Error muxing/i],
  [
    'SourceEnded',
    /404 Not Found|Server returned 4|Connection refused|Connection timed out|Error opening input/i,
  ],
];

export function findCause({ exitCode, signal, wasHung, hasEncoded, errors }: EncoderEnd): FailureCause {
  // FFmpeg reads on, for ever, where it understands nothing of what it reads.
  if (wasHung)
    return !hasEncoded && errors.some((line) => COMPLAINTS.test(line)) ? 'SourceUndecodable' : 'Hung';
  if (exitCode === 0) return 'SourceEnded';
  // x264 and x265 do not survive an allocation that fails.
  if (signal === 'SIGSEGV' || signal === 'SIGABRT') return 'OutOfMemory';
  // What it said before somebody killed it was not about that.
  if (signal !== null) return 'Failed';
  // A damaged picture is complained of, and survived; the complaint stays among the last lines for days.
  const isKnown = ([cause, words]: (typeof WORDS)[number]) =>
    !(hasEncoded && cause === 'SourceUndecodable') && errors.some((line) => words.test(line));
  return WORDS.find(isKnown)?.[0] ?? 'Failed';
}

/** A decoder's. Of one that does encode they mean little: a stream that begins in its middle, a lost packet. */
const COMPLAINTS =
  /no frame!|non-existing [PSV]PS|Error submitting packet to decoder|Could not find ref with POC/i;

/** Whether trying again soon is of no use: a person must change the camera, the profile or the pool. */
export function needsPerson(cause: FailureCause): boolean {
  return cause === 'SourceUndecodable' || cause === 'EncoderMissing';
}
