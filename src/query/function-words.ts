/**
 * The commonest words of English, French, Russian and Arabic, folded. They occur in nearly every text and say nothing
 * about its topic. A query of such a word alone gets a warning, and an index avoids filing anything under one.
 */
import { fold } from "./words.ts";

export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  [
    "a about after all also an and are as at be because been before but by can could did do does for from had has have he her",
    "his how if in into is it its may more most new no not of on one or our out over said she should so some such than that the",
    "their them then there these they this those to two under up us was we were what when where which while who will with would you",
    "au aux avec ce ces cette comme d dans de des du elle en est et il ils je l la le les leur lui mais ne nous on ont ou par pas",
    "plus pour qu que qui sa sans se ses son sont sur un une été à où",
    "а без бы был была были было в во вы для до его ее если же за и из или их к как ко мы на не но о об он она они от по при с",
    "со так также то у что это этот",
    "أن أو إلى إن الذي التي بعد بين ثم حتى ذلك على عن في قال قبل قد كان كانت كل كما لا لم ما مع من هذا هذه هو هي و",
  ]
    .flatMap((words) => words.split(" "))
    .map(fold),
);
