/** A small vocabulary with every difficulty of the real one. */
import { makeVocabulary, type Name } from "../../src/query/names.ts";

const name = (id: string, spellings: string[], more: Partial<Name> = {}): Name => ({
  id,
  spellings,
  capitals: [],
  hides: [],
  ...more,
});

export const NAMES: readonly Name[] = [
  name("place:aleppo", ["Aleppo", "Alep", "حلب", "Алеппо"]),
  name("place:geneva", ["Geneva", "Genève"]),
  name("topic:geneva-conventions", ["Geneva Conventions"], { hides: ["place:geneva"] }),
  name("place:deir-ez-zor", ["Deir ez-Zor", "Deir Ezzor"]),
  name("place:damascus", ["Damascus"]),
  name("place:rural-damascus", ["Damascus Countryside"]),
  name("actor:islamic-state", ["Islamic State", "ISIS", "Daesh", "تنظيم الدولة"], { capitals: ["IS"] }),
  name("actor:us", ["United States"], { capitals: ["US"] }),
  name("actor:un", ["United Nations"], { capitals: ["UN"] }),
  name("actor:who", ["World Health Organization"], { capitals: ["WHO"] }),
  name("actor:state-department", ["State Department", "US State Department"]),
  name("actor:issg", ["ISSG", "International Syria Support Group"]),
  name("topic:ceasefire", ["ceasefire", "cessation of hostilities", "هدنة", "وقف إطلاق النار"]),
  name("topic:safe-zone", ["safe zone"]),
  // One spelling, two names.
  name("place:vienna", ["Vienna"]),
  name("topic:vienna-talks", ["Vienna", "Vienna talks"]),
  // Ordinary words in small letters: a bird, laurels, a form of "venir", veins, a kind of state.
  name("place:turkey", ["Turkey", "Turquie", "Турция"], { proper: ["Turkey"] }),
  name("actor:lavrov", ["Sergei Lavrov", "Lavrov", "Сергей Лавров", "Лавров"], { proper: ["Лавров"] }),
  name("place:vienna-city", ["Vienne", "Вена"], { proper: ["Vienne", "Вена"] }),
  name("actor:caliphate", ["Islamic Caliphate", "Исламский халифат"], {
    proper: ["Islamic Caliphate", "Исламский халифат"],
  }),
  // With the article a surname and a city; without, a lion and a first name.
  name("actor:assad", ["Bashar al-Assad", "Assad", "الأسد", "Башар Асад", "Асад"]),
  name("place:riyadh", ["Riyadh", "الرياض"]),
  name("actor:security-council", [
    ...["UN Security Council", "مجلس الأمن الدولي", "Совет Безопасности ООН", "Conseil de sécurité de l'ONU"],
  ]),
];

export const VOCABULARY = makeVocabulary(NAMES);
export const NO_NAMES = makeVocabulary([]);
