"""Posts saved objects to Kibana."""

import http.client
import json
import ssl
import urllib.error
import urllib.request

# It is not in what is sent: objects are ASCII letters, digits, and JSON's punctuation around texts of the description.
BOUNDARY = "kindred-saved-objects-7f3c1d"


class ImportFailed(Exception):
    pass


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to wherever it leads."""

    def redirect_request(self, *_):
        return None


def post(objects, url, key=None, ca=None):
    """Imports objects over those of the same ids; returns how many were imported."""
    body = (
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="file"; filename="kindred.ndjson"\r\n'
        "Content-Type: application/ndjson\r\n\r\n"
        f"{objects}\r\n--{BOUNDARY}--\r\n").encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "kbn-xsrf": "kindred"}
    if key:
        headers["Authorization"] = f"ApiKey {key}"
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca))
    try:
        address = f"{url.rstrip('/')}/api/saved_objects/_import?overwrite=true"
        request = urllib.request.Request(address, body, headers, method="POST")
        with urllib.request.build_opener(NoRedirects, https).open(request, timeout=60) as answer:
            result = json.load(answer)
        success, count, errors = result["success"], result["successCount"], result.get("errors", [])
    except urllib.error.HTTPError as error:
        raise ImportFailed(f"{url} answers {error.code}: {error.read(600).decode(errors='replace')}") from None
    except urllib.error.URLError as error:
        raise ImportFailed(f"{url} cannot be reached: {error.reason}") from None
    except (ValueError, KeyError, TypeError, http.client.HTTPException) as error:
        raise ImportFailed(f"{url} does not answer as Kibana does: {error}") from None
    if not success:
        reasons = [f"{entry['type']} {entry['id']}: {entry['error']['type']}" for entry in errors]
        raise ImportFailed(f"{url} imported {count} objects, but not {'; '.join(reasons)}")
    return count
