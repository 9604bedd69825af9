import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frenchForms, looksFrench } from "../../src/query/inflection/french.ts";
import { russianKey, russianKeys } from "../../src/query/inflection/russian.ts";
import { queryKey, splitWords } from "../../src/query/words.ts";

/** Returns whether a word of a query finds a word of a text. */
function finds(query: string, text: string, french = false): boolean {
  const key = splitWords(query).map((word) => queryKey(word.literal))[0] ?? "";
  // In the middle of a sentence, where a capital means a name.
  const word = splitWords(`и, ${text}`, french).at(-1);
  return word?.keys.includes(key) ?? false;
}

describe("Russian declension", () => {
  /** The dictionary form comes first. It finds all others. */
  const words = [
    "Дамаск Дамаска Дамаску Дамаском Дамаске",
    "Женева Женевы Женеве Женеву Женевой",
    "Лавров Лаврова Лаврову Лавровым Лаврове",
    "Медведев Медведева Медведеву Медведевым Медведеве",
    "Путин Путина Путину Путиным Путине",
    "Рудской Рудского Рудскому Рудским",
    "Асад Асада Асаду Асадом Асаде",
    "Обама Обамы Обаме Обаму Обамой",
    "Сергей Сергея Сергею Сергеем Сергее",
    "Дмитрий Дмитрия Дмитрию Дмитрием Дмитрии",
    "Хишам Хишама Хишаму Хишамом Хишаме",
    "Сирия Сирии Сирию Сирией",
    "Корея Кореи Корее Корею Кореей",
    "Израиль Израиля Израилю Израилем Израиле",
    "Китай Китая Китаю Китаем Китае",
    "перемирие перемирия перемирию перемирием перемирии перемирий перемириям перемириями перемириях",
    "переговоры переговоров переговорам переговорами переговорах",
    "безопасность безопасности безопасностью",
    "государство государства государству государством государстве государств государствам государствами",
    "мирный мирная мирное мирные мирного мирному мирным мирном мирной мирную мирных мирными",
    "последний последняя последнее последние последнего последнему последним последнем последней последнюю последних",
    "беженец беженца беженцу беженцем беженце беженцы беженцев беженцам беженцами беженцах",
    "боец бойца бойцу бойцом бойцы бойцов бойцам",
    "заложник заложника заложники заложников заложникам заложниками",
    "санкция санкции санкцию санкцией санкций санкциям санкциями санкциях",
    "огонь огня огню огнем огне",
    "оружие оружия оружию оружием оружии",
    "житель жителя жители жителей жителям жителями жителях",
    "область области областью областей областям",
    "помощь помощи помощью",
    "конвой конвоя конвою конвоем конвое конвои конвоев конвоям",
    "участок участка участку участком участке участки участков участкам",
    "попытка попытки попытке попытку попыткой попыток попыткам",
    "дети детей детям детьми детях",
    "граждане граждан гражданам гражданами",
    "день дня дни дней дням",
    "посол посла послу послом послы послов",
    "раненый раненые раненых раненым ранеными",
    "статья статьи статье статью статьей",
  ];
  it.each(words)("%s", (line) => {
    const [first = "", ...forms] = line.split(" ");
    expect(forms.filter((form) => !finds(first, form))).toEqual([]);
  });

  /** The Snowball stemmer for Russian merges these. */
  const oneToSnowball: [a: string, b: string][] = [
    ["Грузия", "груз"],
    ["Сербия", "серб"],
    ["Франция", "Франц"],
    ["партия", "парта"],
    ["семья", "семь"],
    ["цель", "целый"],
    ["жених", "жена"],
    ["уголь", "угол"],
    ["Асад", "Асадов"],
  ];
  it.each(oneToSnowball)("%s is not %s", (a, b) => {
    expect([finds(a, b), finds(b, a)]).toEqual([false, false]);
  });

  /** The Snowball stemmer for Russian separates these. */
  const twoToSnowball: [a: string, b: string][] = [
    ["Лавров", "Лаврова"],
    ["Медведев", "Медведева"],
    ["огонь", "огня"],
    ["беженец", "беженца"],
    ["участок", "участка"],
  ];
  it.each(twoToSnowball)("%s finds %s and is found by it", (a, b) => {
    expect([finds(a, b), finds(b, a)]).toEqual([true, true]);
  });

  const other: [query: string, text: string][] = [
    ["Россия", "российский"],
    ["лавр", "лавровый"],
    ["Лавров", "лавровый"],
    ["Иван", "Иванов"],
    ["рост", "Ростова"],
    ["война", "воин"],
    ["посол", "после"],
    ["США", "сше"],
  ];
  it.each(other)("%s does not find %s", (query, text) => expect(finds(query, text)).toBe(false));

  it("-ов is a surname with a capital, otherwise and at the beginning a genitive plural", () => {
    const keys = (text: string, at: number) => splitWords(text)[at]?.keys;
    expect(keys("Слово Асадов", 1)).toEqual(["асадов"]);
    expect(keys("слово асадов", 1)).toEqual(["асадов", "асад"]);
    expect(keys("Слово. Асадов", 1)).toEqual(["асадов", "асад"]);
    expect(keys("С. Асадов", 1)).toEqual(["асадов"]);
  });

  const letters = fc.string({ unit: fc.constantFrom(..."абвгдежийклмнорстцчшыьюя"), minLength: 1, maxLength: 12 });
  it("has one key, which is stable and among the keys of a text", () => {
    fc.assert(
      fc.property(letters, fc.boolean(), (word, proper) => {
        const key = russianKey(word);
        expect(russianKey(key)).toBe(key);
        expect(russianKeys(word, proper)).toContain(key);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("French number and gender", () => {
  const words = [
    "syrien syriens syrienne syriennes",
    "européen européens européenne européennes",
    "général généraux générale générales",
    "journal journaux",
    "allié alliés alliée alliées",
    "blessé blessés blessée blessées",
    "otage otages",
    "négociation négociations",
    "sortie sorties",
    "démarche démarches",
    "offensif offensifs offensive offensives",
    "dangereux dangereuse dangereuses",
    "médiateur médiateurs médiatrice médiatrices",
    "étranger étrangers étrangère étrangères",
    "américain américains américaine américaines",
    "libanais libanaise libanaises",
    "président présidents présidente présidentes",
    "combattant combattante combattants combattantes",
    "turc turcs turque turques",
    "détruit détruite détruits détruites",
    "convoi convois",
    "feu feux",
    "bateau bateaux",
    "court courte courts courtes",
  ];
  it.each(words)("%s: each form finds each", (line) => {
    const forms = line.split(" ");
    const missed = forms.flatMap((query) => forms.filter((text) => !finds(query, text, true)).map((t) => [query, t]));
    expect(missed).toEqual([]);
  });

  /** The Snowball stemmer for French merges the first five. */
  const different: [a: string, b: string][] = [
    ["russe", "Russie"],
    ["négociateur", "négociations"],
    ["opération", "opérateur"],
    ["occupation", "occupant"],
    ["capitaine", "capital"],
    ["armée", "armes"],
    ["armée", "armés"],
    ["année", "ans"],
    ["syrien", "Syrie"],
    ["mai", "mais"],
    ["pari", "Paris"],
    ["press", "presse"],
    ["marché", "mars"],
    ["dan", "dans"],
  ];
  it.each(different)("%s is not %s", (a, b) => {
    expect([finds(a, b, true), finds(b, a, true)]).toEqual([false, false]);
  });

  it("applies to French texts only", () => {
    expect(finds("generaux", "general")).toBe(false);
    expect(finds("syrienne", "syrien")).toBe(false);
  });

  it("gives words other than the word itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aeilnrstuxv"), maxLength: 10 }), (word) => {
        for (const form of frenchForms(word, word)) expect(form).toMatch(new RegExp(`^(?!${word}$)[a-z]+$`));
      }),
    );
  });

  it("recognises a text without a language", () => {
    expect(looksFrench("", "Les négociations sur la Syrie ont repris dans la ville et dans le palais")).toBe(true);
    expect(looksFrench("", "The talks on Syria were resumed in the city and in the palace")).toBe(false);
    expect(looksFrench("", "Las conversaciones sobre la guerra que el gobierno y los rebeldes")).toBe(false);
    expect(looksFrench("Alep", "")).toBe(false);
  });
});
