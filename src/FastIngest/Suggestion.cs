namespace FastIngest;

/// <summary>Finds the known name that a user most likely meant.</summary>
public static class Suggestion
{
    /// <summary>The known name nearest to what was typed, or null when none is near.</summary>
    public static string? For(string typed, IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = Math.Max(1, typed.TrimStart('-').Length / 3) + 1;
        foreach (string name in known)
        {
            int distance = Distance(typed, name);
            bool isPrefix = typed.Length >= 4 && name.StartsWith(typed, StringComparison.Ordinal);
            if (distance < bestDistance || (isPrefix && best is null))
            {
                best = name;
                bestDistance = Math.Min(distance, bestDistance);
            }
        }

        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                int replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replace, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
