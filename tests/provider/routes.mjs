// A table of `METHOD /path/:name` becomes a function that finds a request's handler and what its path names.
export function router(table) {
  const routes = Object.entries(table).map(([key, handler]) => {
    const [method, path] = key.split(' ');
    return { method, pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`), handler };
  });

  return (method, path) => {
    for (const route of routes) {
      const match = route.method === method && route.pattern.exec(path);
      if (match) return { handler: route.handler, names: match.groups ?? {} };
    }
    return undefined;
  };
}

// What a handler throws to refuse a request: `code` and `message`, which is all there is to an error of this API.
export class Refusal extends Error {
  constructor(status, code, message, data) {
    super(message);
    Object.assign(this, { status, code, data });
  }
}
