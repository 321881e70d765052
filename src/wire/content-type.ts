/** Which content types a request may have, and which one its answer gets. */

export const jsonContentType = "application/x-amz-json-1.0";

/**
 * The media type without parameters (`; charset=utf-8` is tolerated), or undefined when it is none that
 * DynamoDB answers. Media types are compared without regard to case.
 */
export function readContentType(header: string | undefined): string | undefined {
  if (header === jsonContentType) return jsonContentType;
  if (header === undefined) return undefined;
  const semicolon = header.indexOf(";");
  const type = (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  return type === jsonContentType || type === "application/json" ? type : undefined;
}
