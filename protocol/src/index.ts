export * from './encoding.ts';
export * from './feed.ts';
export * from './media-plan.ts';
export * from './path-state.ts';
export * from './ports.ts';
