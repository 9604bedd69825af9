/** The head of a name's page: label, type and coordinates. */
import type { NameRecord } from "../../record/names/name.ts";
import { typeInWords } from "./name-kinds.ts";
import { InOtherLanguages } from "./spellings.tsx";

export function Meaning({ name }: { name: NameRecord }) {
  return (
    <header>
      <p class="kind small quiet">{typeInWords(name.type)}</p>
      <h1 itemprop="name">{name.label}</h1>
      <InOtherLanguages name={name} />
      {name.description && <p itemprop="description">{name.description}</p>}
      {name.coordinates && <Where {...name.coordinates} />}
    </header>
  );
}

function Where({ latitude, longitude }: { latitude: number; longitude: number }) {
  return (
    <p class="small quiet" itemprop="geo" itemscope itemtype="https://schema.org/GeoCoordinates">
      {Math.abs(latitude)}° {latitude < 0 ? "S" : "N"}, {Math.abs(longitude)}° {longitude < 0 ? "W" : "E"}
      <meta itemprop="latitude" content={String(latitude)} />
      <meta itemprop="longitude" content={String(longitude)} />
    </p>
  );
}
