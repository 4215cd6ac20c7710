using FastIngest.Health;

namespace FastIngest.Tests.Health;

public sealed class NameListTests
{
    [Fact]
    public void Names_of_every_length_are_read_as_they_were_added()
    {
        int[] lengths = [0, 1, 0, 254, 255, 256, 70_000, 3];
        NameList names = new();
        for (int lap = 0; lap < 2; lap++)
        {
            names.Clear();
            foreach (int length in lengths)
            {
                names.Add(Name(length));
            }
        }

        NameList copy = new();
        copy.Set(names.Bytes);
        ReadOnlySpan<byte> list = copy.Bytes;
        foreach (int length in lengths)
        {
            Assert.True(NameList.ReadName(ref list).SequenceEqual(Name(length)));
        }

        Assert.True(list.IsEmpty);
    }

    private static byte[] Name(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];
}
