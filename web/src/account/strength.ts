// How strong a password looks: a hint while typing, never a gate. Length counts most; few letters and runs count less.

/** 0 (nothing yet) to 4. */
export function strengthOf(password: string): 0 | 1 | 2 | 3 | 4 {
  if (!password) return 0;
  const letters = [...password];
  const different = new Set(letters.map((letter) => letter.toLowerCase())).size;
  let runs = 0;
  for (let at = 1; at < letters.length; at += 1) {
    const step = letters[at]!.codePointAt(0)! - letters[at - 1]!.codePointAt(0)!;
    if (step === 0 || step === 1 || step === -1) runs += 1;
  }
  const worth = Math.min(letters.length - runs, different * 2);
  if (worth < 8) return 1;
  if (worth < 11) return 2;
  return worth < 16 ? 3 : 4;
}
