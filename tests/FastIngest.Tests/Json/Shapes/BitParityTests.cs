using FastIngest.Json.Shapes;

namespace FastIngest.Tests.Json.Shapes;

public sealed class BitParityTests
{
    [Fact]
    public void Both_implementations_return_the_prefix_parity()
    {
        Random random = new(3);
        for (int i = 0; i < 10_000; i++)
        {
            ulong bits = (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1);
            bits = i < 64 ? 1ul << i : bits;
            ulong expected = 0;
            bool isOdd = false;
            for (int bit = 0; bit < 64; bit++)
            {
                isOdd ^= ((bits >> bit) & 1) != 0;
                expected |= (isOdd ? 1ul : 0) << bit;
            }

            Assert.Equal(expected, BitParity.Shifted(bits));
            Assert.Equal(expected, BitParity.Multiplied(bits));
        }
    }
}
