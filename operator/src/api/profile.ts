/** A compression profile: what a rendition of a camera looks like. */
import { z } from 'zod';
import { credentialRefSchema, pathSegmentSchema } from './references.ts';
import { cameraUrlSchema } from './rtsp-url.ts';
import { type ValidationRule, withRules } from './structural.ts';

const VIDEO_CODECS = ['H264', 'H265'] as const;

export const HARDWARE_ENCODERS = ['NVENC', 'VAAPI', 'QSV'] as const;
export type HardwareEncoder = (typeof HARDWARE_ENCODERS)[number];

/** Of x264 and x265; hardware encoders take the nearest of theirs. */
const ENCODER_SPEEDS = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium'] as const;

/** Encoders halve the sampling of colours, so that a picture's sides must be even. */
function sideSchema(least: number, most: number) {
  return z.number().int().min(least).max(most).multipleOf(2);
}

const bitrateSchema = z.number().int().min(16).max(200_000);

export const videoSchema = withRules(
  z.strictObject({
    codec: z
      .enum(VIDEO_CODECS)
      .default('H264')
      .describe('H264 plays everywhere; H265 needs half the bit rate.'),
    hardware: z
      .enum(HARDWARE_ENCODERS)
      .optional()
      .describe(
        'Encodes on a GPU; the pool must offer the same. Where left out, libx264 or libx265 encode on the CPU.',
      ),
    speed: z
      .enum(ENCODER_SPEEDS)
      .default('veryfast')
      .describe('How much CPU is spent on quality: ultrafast least, medium most.'),
    height: sideSchema(64, 4320)
      .default(720)
      .describe('Lines of the picture, an even number; a source with fewer is not enlarged.'),
    width: sideSchema(64, 7680)
      .optional()
      .describe("An even number; follows from the height and the source's proportions where left out."),
    framesPerSecond: z
      .number()
      .int()
      .min(1)
      .max(120)
      .optional()
      .describe("At most so many; the source's where left out."),
    bitrateKbps: bitrateSchema.default(1500).describe('The bit rate aimed at, in kbit/s.'),
    maxBitrateKbps: bitrateSchema
      .optional()
      .describe('The most, over the length of the buffer; one and a half times bitrateKbps where left out.'),
    bufferKbits: bitrateSchema
      .optional()
      .describe("The decoder's buffer, in kbit; one second of the greatest bit rate where left out."),
    keyFrameSeconds: z
      .number()
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe(
        "The longest time between key frames, about ten seconds where left out. The source's key frames are key frames always.",
      ),
  }),
  {
    rule: '!has(self.maxBitrateKbps) || self.maxBitrateKbps >= self.bitrateKbps',
    message: 'maxBitrateKbps must be at least bitrateKbps; raise the one or lower the other',
    fieldPath: '.maxBitrateKbps',
  },
  {
    rule: '!has(self.keyFrameSeconds) || has(self.framesPerSecond)',
    message:
      'keyFrameSeconds needs framesPerSecond: an encoder counts frames between key frames; set it to what the camera sends, or less',
    fieldPath: '.framesPerSecond',
    reason: 'FieldValueRequired',
  },
);
export type Video = z.infer<typeof videoSchema>;

const audioSchema = withRules(
  z.strictObject({
    codec: z
      .enum(['Copy', 'AAC', 'Opus', 'None'])
      .describe("Copy: the camera's own, as it comes. None: the rendition has no audio."),
    bitrateKbps: z
      .number()
      .int()
      .min(8)
      .max(512)
      .optional()
      .describe('Of AAC and Opus, in kbit/s; 64 where left out.'),
  }),
  {
    rule: "!has(self.bitrateKbps) || self.codec == 'AAC' || self.codec == 'Opus'",
    message: 'bitrateKbps works with the codecs AAC and Opus alone; choose one of them, or leave it out',
    fieldPath: '.bitrateKbps',
    reason: 'FieldValueForbidden',
  },
);
export type Audio = z.infer<typeof audioSchema>;

const encodingFields = {
  name: pathSegmentSchema("a profile's name").describe(
    'Stands in the path of the rendition: compressed/<namespace>/<site>/<camera>/<name>.',
  ),
  preset: z
    .enum(['Web'])
    .optional()
    .describe('Web: plays in every browser over WebRTC: H.264 video, and audio as Opus where left out.'),
  video: videoSchema.optional().describe('With its defaults where left out.'),
  audio: audioSchema.optional().describe('Where left out: as Copy, with the preset Web as Opus.'),
};

const WEB_RULES: ValidationRule[] = [
  {
    rule: "!has(self.preset) || !has(self.video) || self.video.codec == 'H264'",
    message:
      'the preset Web is H.264: not every browser plays another codec over WebRTC; set codec to H264, or leave the preset out',
    fieldPath: '.video.codec',
  },
  {
    rule: "!has(self.preset) || !has(self.audio) || self.audio.codec == 'Opus' || self.audio.codec == 'None'",
    message:
      'the preset Web has audio as Opus, or none: WebRTC does not carry what cameras send; choose one of them, or leave the preset out',
    fieldPath: '.audio.codec',
  },
];

/** A profile of a Site: a rendition of each of its cameras. */
export const profileSchema = withRules(z.strictObject(encodingFields), ...WEB_RULES);
export type Profile = z.infer<typeof profileSchema>;

const cameraStreamSchema = withRules(
  z.strictObject({
    push: z
      .strictObject({ credentialsSecretRef: credentialRefSchema.optional() })
      .optional()
      .describe('The camera pushes it to its factory, with its own user unless another is named.'),
    pull: z
      .strictObject({ url: cameraUrlSchema, credentialsSecretRef: credentialRefSchema.optional() })
      .optional()
      .describe('The factory pulls it by RTSP.'),
  }),
  {
    rule: 'has(self.push) != has(self.pull)',
    message: "a camera's own stream needs either push or pull",
  },
);

/** A profile of one camera, in place of its Site's of the same name or beside them. */
export const cameraProfileSchema = withRules(
  z.strictObject({
    ...encodingFields,
    enabled: z
      .boolean()
      .default(true)
      .describe('false: this camera has no rendition of this name, though its Site has the profile.'),
    cameraStream: cameraStreamSchema
      .optional()
      .describe("A second stream of the camera's own is the rendition; nothing is encoded."),
  }),
  ...WEB_RULES,
  {
    rule: '!has(self.cameraStream) || (!has(self.video) && !has(self.audio) && !has(self.preset))',
    message:
      'cameraStream is taken as the camera sends it: leave video, audio and preset out, and set up the camera instead',
    fieldPath: '.cameraStream',
    reason: 'FieldValueForbidden',
  },
);
export type CameraProfile = z.infer<typeof cameraProfileSchema>;
