/** Where an end is, as a person writes it. */

export type EndAddress =
  | {
      readonly kind: "http";
      readonly url: URL;
      /** Where the host itself is one of AWS: its region. */
      readonly awsRegion?: string;
    }
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "folder"; readonly path: string }
  /** One line for a person. */
  | { readonly kind: "issue"; readonly message: string };

const regionPattern = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
/** Public, FIPS, dual-stack and account hosts. */
const awsHostPattern =
  /^(?:dynamodb(?:-fips)?|\d{12}\.ddb)\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?|api\.aws)$/;

/** `aws:REGION`, an http or https URL, a postgres URL; everything else is a folder. */
export function readEndAddress(text: string): EndAddress {
  if (text.startsWith("aws:")) return awsAddress(text.slice("aws:".length));
  if (/^postgres(?:ql)?:\/\//.test(text)) return { kind: "postgres", url: text };
  if (/^https?:\/\//.test(text)) return urlAddress(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return { kind: "issue", message: `'${text}' is neither a folder nor an address that stator copy knows` };
  }
  return { kind: "folder", path: text };
}

function awsAddress(region: string): EndAddress {
  if (!regionPattern.test(region)) return { kind: "issue", message: `'aws:${region}' names no region` };
  const suffix = region.startsWith("cn-") ? ".cn" : "";
  const url = new URL(`https://dynamodb.${region}.amazonaws.com${suffix}/`);
  return { kind: "http", url, awsRegion: region };
}

function urlAddress(text: string): EndAddress {
  const url = URL.parse(text);
  if (url === null) return { kind: "issue", message: `'${text}' is no URL` };
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    const message = `a URL of an end is scheme, host, port and path; '${url.origin}' comes with more`;
    return { kind: "issue", message };
  }
  const awsRegion = awsHostPattern.exec(url.hostname)?.[1];
  return { kind: "http", url, ...(awsRegion === undefined ? {} : { awsRegion }) };
}

/** Where streams are read: AWS has hosts of their own for them, everyone else answers on the same port. */
export function streamsUrl(url: URL): URL {
  const match = awsHostPattern.exec(url.hostname);
  const [, region, suffix] = match ?? [];
  if (region === undefined || suffix === undefined) return url;
  const streams = new URL(url);
  const fips = url.hostname.startsWith("dynamodb-fips.") ? "-fips" : "";
  const dualStack = suffix === "api.aws" && fips === "";
  streams.hostname = `streams${dualStack ? "-" : "."}dynamodb${fips}.${region}.${suffix}`;
  return streams;
}
