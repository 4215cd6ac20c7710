namespace FastIngest.Tests.Support;

internal static class Same
{
    /// <summary>Asserts that two texts are equal. The message contains the first line that differs, and the given conditions.</summary>
    public static void Text(string expected, string actual, string conditions)
    {
        if (expected == actual)
        {
            return;
        }

        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        int line = 0;
        while (line < expectedLines.Length && line < actualLines.Length && expectedLines[line] == actualLines[line])
        {
            line++;
        }

        Assert.Fail($"{conditions}: line {line + 1} differs.\nexpected: {expectedLines.ElementAtOrDefault(line)}\nactual:   {actualLines.ElementAtOrDefault(line)}");
    }
}
