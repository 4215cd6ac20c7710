using System.Globalization;
using System.Text;

namespace FastIngest.Generate;

/// <summary>Strings as Python's <c>json</c> module writes them: printable ASCII as it is, everything else escaped.</summary>
internal static class JsonText
{
    /// <summary>The string in quotes, ready to be copied into a file.</summary>
    public static byte[] Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                >= ' ' and <= '~' => c.ToString(),
                _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
            });
        }

        return Encoding.ASCII.GetBytes(quoted.Append('"').ToString());
    }

    public static byte[][] QuoteAll(params string[] texts) => Array.ConvertAll(texts, Quote);
}
