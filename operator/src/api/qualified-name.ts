import type { ValidationRule } from './structural.ts';

/** As Kubernetes names labels and annotations: example.com/name, or a name alone. */
const QUALIFIED_NAME = '^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$';

/** For a map by the names of `what`, such as labels. */
export function ruleOfNames(what: 'labels' | 'annotations'): ValidationRule {
  return {
    rule: `self.all(key, key.matches('${QUALIFIED_NAME}'))`,
    message: `names of ${what} have at most 63 letters, digits, - _ or . and may follow a domain and a slash, as in example.com/team`,
  };
}
