/** As much of JSON Schema as clients use here. Google writes its types in capitals. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}

/** The simplest value that a schema takes. */
export function instanceOf({
  type = 'object',
  properties = {},
  required = [],
  ...schema
}: JsonSchema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  switch (String(type).toLowerCase()) {
    case 'object':
      return Object.fromEntries(required.map((name) => [name, instanceOf(properties[name] ?? {})]));
    case 'array':
      return [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return 1;
    default:
      return 'A title';
  }
}
