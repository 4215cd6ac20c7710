using System.Text;

namespace FastIngest.Tests.Support;

internal static class Utf8Text
{
    public static byte[] Bytes(this string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Bytes as a reader of a failed test wants to see them: other than ASCII as \xNN.</summary>
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
