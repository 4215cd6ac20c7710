namespace FastIngest.Generate;

/// <summary>Names in many languages and scripts; more than a third need escapes in JSON.</summary>
internal static class PersonNames
{
    private static readonly string[] Given =
    [
        "Liam", "Emma", "Noah", "Olivia", "Zoë", "Aiko", "Fatima", "Wei", "José", "Chloé", "Amara", "Ivan", "Søren",
        "Priya", "Lucía", "Mateo", "Ana", "Björn", "Grace", "Omar", "Nadia", "Thandi", "Jürgen", "Maria", "David", "Sofia",
    ];

    private static readonly string[] Family =
    [
        "Smith", "García", "Müller", "Ivanov", "Tanaka", "Okafor", "Nguyễn", "Silva", "O'Neil", "Kowalski", "Haddad",
        "Johansson", "Patel", "Núñez", "Dubois", "Rossi", "Kim", "Łukasiewicz", "Brown", "Andersen", "Cohen", "Ramírez",
    ];

    private static readonly byte[][] Whole = JsonText.QuoteAll(
        "李雷", "韩梅梅", "山田 太郎", "김민준", "Δήμητρα Παππά", "Ольга Смирнова", "أحمد علي", "अनन्या शर्मा", "Robert \"Bob\" Miller", "𠮷田 光");

    private static readonly byte[][] Combined =
        [.. from given in Given from family in Family select JsonText.Quote(given + " " + family)];

    public static byte[] Pick(ref RandomSource random)
    {
        byte[][] table = random.Chance(5) ? Whole : Combined;
        return table[random.Below(table.Length)];
    }
}
