/** The URLs that a person writes in a manifest. A credential never stands in one: it goes into a Secret. */
import { z } from 'zod';
import { type ValidationRule, withRules } from './structural.ts';

const MAX_URL_LENGTH = 1024;

/** rtsp://host[:port]/path */
export const cameraUrlSchema = withRules(
  z
    .string()
    .max(MAX_URL_LENGTH)
    .regex(/^rtsp:\/\/[^@\s]+$/),
  ...rulesOf('rtsp://host:port/path', 'pull.credentialsSecretRef'),
).describe('rtsp://host:port/path, without a credential; port 554 where left out.');

/** rtsp://host[:port], of one side of a remote factory; the paths follow from the cameras. */
export const sideUrlSchema = withRules(
  z
    .string()
    .max(MAX_URL_LENGTH)
    .regex(/^rtsp:\/\/[^@/\s]+$/),
  ...rulesOf('rtsp://host:port', 'credentialsSecretRef'),
  {
    rule: "!self.startsWith('rtsp://') || !self.substring(7).contains('/')",
    message: 'must end after the port, as in rtsp://host:port: the paths follow from the cameras',
  },
);

/** Each holds on its own where another one fails, so that a person reads one message a mistake. */
function rulesOf(form: string, secretField: string): ValidationRule[] {
  return [
    {
      rule: "self.startsWith('rtsp://')",
      message: `must have the form ${form}; other schemes are not played`,
    },
    {
      rule: "!self.matches('\\\\s')",
      message: 'must not contain white space; write %20 for a blank in a path',
    },
    {
      rule: "!self.contains('@')",
      message: `must not contain a user name or password: put them in a Secret and name it in ${secretField}; write %40 for an @ in a path`,
      // Any other reason makes the API server repeat the URL, password and all.
      reason: 'FieldValueForbidden',
    },
    {
      rule: "!self.startsWith('rtsp://') || self.contains('@') || self.matches('\\\\s') || (isURL(self) && url(self).getHostname() != '')",
      message: `must name a host, as in ${form}`,
    },
    {
      rule: "!isURL(self) || url(self).getPort() == '' || (url(self).getPort().size() < 6 && int(url(self).getPort()) >= 1 && int(url(self).getPort()) <= 65535)",
      message: 'must have a port from 1 to 65535',
    },
  ];
}
