using System.Text;

namespace FastIngest.Tests.Support;

internal static class Utf8Text
{
    public static byte[] Bytes(this string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Returns the lines of a file without their line feeds; text after the last line feed is a line if it is not empty.</summary>
    public static IEnumerable<byte[]> SplitLines(this byte[] file)
    {
        for (int start = 0; start < file.Length;)
        {
            int end = Array.IndexOf(file, (byte)'\n', start);
            end = end < 0 ? file.Length : end;
            yield return file[start..end];
            start = end + 1;
        }
    }

    /// <summary>Formats bytes for the message of a failed test, with bytes other than ASCII as \xNN.</summary>
    public static string Shown(this ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte b in bytes)
        {
            text.Append(b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:X2}");
        }

        return text.ToString();
    }
}
