namespace FastIngest.Tests.Support;

/// <summary>Damages a file in every place, one after another.</summary>
internal static class WrongBytes
{
    /// <summary>Asserts that reading fails with an error that names the file, whichever byte of it is wrong, missing or too many.</summary>
    /// <param name="path">The file; it stays damaged.</param>
    /// <param name="lengthStep">The distance between two lengths at which the file is cut off, in bytes.</param>
    /// <param name="read">Reads the whole file.</param>
    public static void AreNoticed(string path, int lengthStep, Action read)
    {
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] wrong = [.. whole];
            wrong[at] ^= 0x10;
            Fails(wrong, $"byte {at}");
        }

        for (int length = 0; length < whole.Length; length += lengthStep)
        {
            Fails(whole[..length], $"length {length}");
        }

        Fails([.. whole, 0], "a byte more");

        void Fails(byte[] bytes, string what)
        {
            File.WriteAllBytes(path, bytes);
            IngestException? fault = null;
            try
            {
                read();
            }
            catch (IngestException e)
            {
                fault = e;
            }

            Assert.True(fault is not null, what);
            Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        }
    }
}
