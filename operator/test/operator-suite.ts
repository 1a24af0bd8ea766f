import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ApiServer } from './api-server.ts';
import { namespace } from './manifests.ts';
import { OPERATOR_NAMESPACE, ReconcilingOperator } from './reconciling-operator.ts';

/** For a file of tests: an API server and an operator for all of them, a fresh namespace for each. */
export class OperatorSuite {
  #server: ApiServer | undefined;
  #operator: ReconcilingOperator | undefined;
  #count = 0;

  constructor() {
    beforeAll(async () => {
      this.#server = await ApiServer.start();
      this.#operator = new ReconcilingOperator(this.#server);
      await this.#operator.apply(namespace(OPERATOR_NAMESPACE));
      await this.#operator.start();
    });
    beforeEach(async () => {
      this.#count++;
      await this.operator.apply(namespace(this.namespace));
    });
    afterAll(async () => {
      await this.#operator?.close();
      await this.#server?.close();
    });
  }

  get server(): ApiServer {
    return this.#server!;
  }

  get operator(): ReconcilingOperator {
    return this.#operator!;
  }

  /** Of the running test. */
  get namespace(): string {
    return `yard-${this.#count}`;
  }
}
