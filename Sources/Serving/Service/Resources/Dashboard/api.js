import { apiKey, askForKey } from "./key.js";

/** What the service, or the way to it, says against a request; the fields are those of RFC 9457. */
export class Problem extends Error {
  constructor({ status = 0, title = "The service cannot be reached", detail = "", errors = [] }) {
    super([detail || title, ...errors.map((error) => error.detail)].join("; "));
    this.status = status;
  }
}

/** The answer to a GET, as JSON: `get("/movies/search", { q: "alien", count: 8 })`. */
export async function get(path, query = {}, options = {}) {
  const search = new URLSearchParams(query).toString();
  const response = await request(search ? `${path}?${search}` : path, options);
  return response.json();
}

/** The answer to a POST of JSON, as JSON. */
export async function post(path, body, headers = {}) {
  const response = await request(path, {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers },
  });
  return response.json();
}

/**
 * A request with the API key where there is one. Where the service wants one, the person is asked for it,
 * and the request made again.
 *
 * @throws Problem for everything but success; an aborted request stays an `AbortError`
 */
export async function request(path, options = {}) {
  const key = apiKey();
  const headers = { Accept: "application/json", ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
  const response = await fetch(path, { ...options, headers }).catch((error) => {
    throw error.name === "AbortError" ? error : new Problem({});
  });
  if (response.ok) return response;
  if (response.status === 401) {
    await askForKey(key);
    return request(path, options);
  }
  const body = await response.json().catch(() => ({}));
  throw new Problem({ title: response.statusText, ...body, status: response.status });
}

/** The path of a film or user, whose id may hold any character. */
export const pathTo = (collection, id, ...rest) => ["", collection, encodeURIComponent(id), ...rest].join("/");
