/** The version of the plugin API that this core offers; a plugin's `api` range is checked against it. */
export const apiVersion = '1.0.0';
