/** A new plugin from the template: `npm create prefish-plugin NAME`, `prefish plugins new NAME`. */
export { createPlugin, type CreatedPlugin, type CreatePluginOptions } from './create-plugin.ts';
export { nextSteps } from './next-steps.ts';
export { defaultPrefixes, type TakenPrefix } from './taken-prefixes.ts';
