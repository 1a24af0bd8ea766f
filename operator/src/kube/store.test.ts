import { describe, expect, it } from 'vitest';
import type { KubeObject } from './object.ts';
import { ObjectStore } from './store.ts';

const make = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { namespace: 'ns', name, resourceVersion },
});

describe('the store', () => {
  it('finds deletions that no watch told of when a list replaces it', () => {
    const store = new ObjectStore();
    store.replace([make('a', '1'), make('b', '2')], '5');
    const changes = store.replace([make('b', '2'), make('c', '8')], '9');
    expect(changes.map(({ type, key }) => `${type} ${key.name}`)).toEqual(['deleted a', 'added c']);
    expect(store.resourceVersion).toBe('9');
  });

  it('never goes back to an older version', () => {
    const store = new ObjectStore();
    store.replace([], '5');
    store.offer(make('a', '10'));
    expect(store.put(make('a', '9'))).toBeUndefined();
    expect(store.get('ns', 'a')?.metadata.resourceVersion).toBe('10');
    expect(store.put(make('a', '10'))).toBeUndefined();
  });

  it('compares versions as numbers', () => {
    const store = new ObjectStore();
    store.replace([make('a', '9')], '9');
    expect(store.put(make('a', '10'))?.type).toBe('modified');
  });

  it('keeps an object of ours that an older list or deletion does not know yet', () => {
    const store = new ObjectStore();
    store.replace([], '5');
    store.offer(make('a', '8'));
    expect(store.replace([], '6')).toEqual([]);
    expect(store.delete(make('a', '7'))).toBeUndefined();
    expect(store.delete(make('a', '9'))?.type).toBe('deleted');
  });

  it('refuses an answer that is older than what the watch has told', () => {
    const store = new ObjectStore();
    store.replace([], '5');
    store.observe('12');
    expect(store.offer(make('a', '11'))).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('takes a list that goes back in time whole: the data were restored from a backup', () => {
    const store = new ObjectStore();
    store.replace([make('a', '50'), make('b', '40')], '60');
    store.replace([make('a', '10')], '20');
    expect(store.list().map(({ metadata }) => metadata.resourceVersion)).toEqual(['10']);
    expect(store.resourceVersion).toBe('20');
  });
});
