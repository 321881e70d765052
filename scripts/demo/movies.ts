// The movies of vega-datasets as items: what is unknown is left out, and each has a key of its own.

export interface Movie {
  readonly genre: string;
  /** Day of release, then the title: sorted by time, unique within a genre. */
  readonly released: string;
  readonly title: string;
  readonly director?: string;
  readonly distributor?: string;
  readonly rating?: string;
  readonly imdb?: { readonly rating: number; readonly votes: number };
  readonly dollars?: { readonly budget?: number; readonly worldwide?: number };
}

type Row = Readonly<Record<string, unknown>>;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Of movies with the same genre, day and title the last one stays, as a put would have it. */
export function readMovies(rows: unknown): readonly Movie[] {
  if (!Array.isArray(rows)) throw new Error("the data set is not a list");
  const movies = new Map<string, Movie>();
  for (const row of rows as readonly Row[]) {
    const movie = readMovie(row);
    if (movie !== undefined) movies.set(`${movie.genre} ${movie.released}`, movie);
  }
  return [...movies.values()];
}

function readMovie(row: Row): Movie | undefined {
  const day = dayOf(row["Release Date"]);
  // Nine titles are numbers, such as 1776; one is missing.
  const title = typeof row["Title"] === "number" ? String(row["Title"]) : text(row, "Title");
  if (day === undefined || title === undefined) return undefined;
  const rating = number(row, "IMDB Rating");
  const votes = number(row, "IMDB Votes");
  const budget = number(row, "Production Budget");
  const worldwide = number(row, "Worldwide Gross");
  const dollars = { ...given("budget", budget), ...given("worldwide", worldwide) };
  return {
    genre: text(row, "Major Genre") ?? "Unknown",
    released: `${day}#${title}`,
    title,
    ...given("director", text(row, "Director")),
    ...given("distributor", text(row, "Distributor")),
    ...given("rating", text(row, "MPAA Rating")),
    ...(rating === undefined || votes === undefined ? {} : { imdb: { rating, votes } }),
    ...(Object.keys(dollars).length === 0 ? {} : { dollars }),
  };
}

/** "Jun 12 1998" as 1998-06-12. */
function dayOf(value: unknown): string | undefined {
  const match = /^([A-Z][a-z]{2}) (\d{2}) (\d{4})$/u.exec(String(value));
  if (match === null) return undefined;
  const month = months.indexOf(match[1] ?? "") + 1;
  return `${match[3] ?? ""}-${String(month).padStart(2, "0")}-${match[2] ?? ""}`;
}

function text(row: Row, name: string): string | undefined {
  const value = row[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(row: Row, name: string): number | undefined {
  const value = row[name];
  return typeof value === "number" ? value : undefined;
}

function given<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}
