using System.Globalization;
using System.Text;

namespace FastIngest.Generate;

/// <summary>Writes strings like Python's <c>json</c> module: printable ASCII is unchanged, everything else is escaped.</summary>
internal static class JsonText
{
    /// <summary>Returns the escaped string in quotes, in ASCII.</summary>
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
