import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The demo's scenario ends with the cluster taken down: it runs after all others, which go by name. */
export class DemoLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      return `${moduleId.endsWith('/demo.e2e.ts') ? 1 : 0}${moduleId}`;
    };
    return [...files].sort((a, b) => rank(a).localeCompare(rank(b)));
  }
}
