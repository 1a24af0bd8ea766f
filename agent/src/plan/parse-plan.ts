/** A plan's text, from the mounted Secret or the durable copy, as a plan or as the reason why it is none. */
import { type MediaPlan, mediaPlanSchema } from '@cupola/protocol';

export type ParsedPlan = { readonly plan: MediaPlan } | { readonly problem: string };

/**
 * `workload` is `<namespace>/<name>` of this pod's Deployment: a plan meant for another is refused, since it would
 * open that one's cameras here. The problem names places in the plan and never quotes a value, which may be secret.
 */
export function parsePlan(text: string, workload: string): ParsedPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the text is not JSON' };
  }
  return checkPlan(value, workload);
}

/** As `parsePlan`, for a plan that was already read from JSON. */
export function checkPlan(value: unknown, workload: string): ParsedPlan {
  const result = mediaPlanSchema.safeParse(value);
  if (!result.success) {
    const places = result.error.issues
      .slice(0, 5)
      .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`);
    return { problem: `the plan does not fit its schema at ${places.join(', ')}` };
  }
  const plan = result.data;
  if (plan.workload !== workload) {
    return { problem: `the plan is for ${plan.workload}, this pod belongs to ${workload}` };
  }
  const duplicate = findDuplicate(plan.paths.map((path) => path.path));
  if (duplicate !== undefined) return { problem: `the plan lists the path ${duplicate} twice` };
  for (const { path, source } of plan.paths) {
    const leg = source.from === 'legs' ? findDuplicate(source.legs.map((each) => each.id)) : undefined;
    if (leg !== undefined) return { problem: `the path ${path} lists the leg ${leg} twice` };
  }
  return { plan };
}

function findDuplicate(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
